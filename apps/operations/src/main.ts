/** Operations as a process of its own. */
import 'reflect-metadata'
import { runService } from '@chorus/composition'
import { LogProofModule } from './log-proof.module'
import { OperationsModule } from './operations.module'

if (require.main === module) runService({ service: 'operations', modules: [OperationsModule, LogProofModule] })
