/** Evaluation as a process of its own. */
import 'reflect-metadata'
import { runService } from '@chorus/composition'
import { EvaluationModule } from './evaluation.module'

if (require.main === module) runService({ service: 'evaluation', modules: [EvaluationModule] })
