/** The one door to the PostgreSQL driver: whoever opens a connection takes it from here, mended (types may come from 'postgres'). */
import './mended-driver'
import postgres from 'postgres'

export { postgres }
export { guarded, type Guarded } from './guarded'
export { onOwnConnection } from './held'
