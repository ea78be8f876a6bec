import { CHORUS_NAMES, misspelt } from './misspelt'

describe('a name that is nearly a setting\'s', () => {
  it.each([
    ['CHORUS_MAX_UPLAOD', 'CHORUS_MAX_UPLOAD'], ['CHORUS_MAXUPLOAD', 'CHORUS_MAX_UPLOAD'], ['CHORUS_DTAA', 'CHORUS_DATA'], ['CHORUS_PRT', 'CHORUS_PORT'], ['CHORUSDATA', 'CHORUS_DATA'],
    ['CHORUS_CHECKPOINT', 'CHORUS_CHECKPOINTS'], ['CHORUS_LOGLEVEL', 'CHORUS_LOG_LEVEL'], ['CHORUS_KEY_SERVICE_PINFILE', 'CHORUS_KEY_SERVICE_PIN_FILE'], ['CHORUS_WHITNES', 'CHORUS_WITNESS'],
  ])('%s: is told of, with the one that is meant', (name, meant) => {
    expect(misspelt({ [name]: '1' })).toEqual([`${name}: is no setting, and has no effect; write ${meant} if that is what is meant, or unset it`])
  })
  it('is none where it is a setting, or like none', () => {
    expect(misspelt(Object.fromEntries([...CHORUS_NAMES, 'CHORUS_URL_INTAKE', 'CHORUS_SERVICE_HOST', 'CHORUS_PORT_8260_TCP', 'CHORUS_INTAKE_PORT', 'CHORUS_TEST_POSTGRES', 'CHORUS_NODE', 'CHORUS_CODE', 'CHORUS_DATE', 'CHORUS_SORT', 'CHORUS_SEED', 'CHORUS_RUNS', 'CHORUS_MET', 'CHORUS_WRITE', 'PATH'].map((name) => [name, 'x'])))).toEqual([])
  })
})
