/** The relay as a process of its own. */
import 'reflect-metadata'
import { runService } from '@chorus/composition'
import { RelayModule } from './relay.module'

if (require.main === module) runService({ service: 'relay', modules: [RelayModule.forRoot()], keys: false })
