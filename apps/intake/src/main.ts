/** Intake as a process of its own. */
import 'reflect-metadata'
import { runService } from '@chorus/composition'
import { IntakeModule } from './intake.module'

if (require.main === module) runService({ service: 'intake', modules: [IntakeModule] })
