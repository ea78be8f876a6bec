/** Deterrence as a process of its own. */
import 'reflect-metadata'
import { runService } from '@chorus/composition'
import { DeterrenceModule } from './deterrence.module'

if (require.main === module) runService({ service: 'deterrence', modules: [DeterrenceModule] })
