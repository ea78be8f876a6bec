import { UNSEALED, type FileSeal } from './key-folder'
import { ServiceSeal } from './key-service'
import { Pkcs11Service, type Pkcs11Settings } from './pkcs11'

/** What seals the key folder: the key service that is configured, else nothing. */
export const sealFor = (service: Pkcs11Settings | undefined): FileSeal => service === undefined ? UNSEALED : new ServiceSeal(new Pkcs11Service(service))
