/** Services as a process of its own. */
import 'reflect-metadata'
import { runService } from '@chorus/composition'
import { ServicesModule } from './services.module'

if (require.main === module) runService({ service: 'services', modules: [ServicesModule] })
