/** Finance as a process of its own. */
import 'reflect-metadata'
import { runService } from '@chorus/composition'
import { FinanceModule } from './finance.module'

if (require.main === module) runService({ service: 'finance', modules: [FinanceModule] })
