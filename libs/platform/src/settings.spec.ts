import { readSettings, SettingsRefused } from './settings'

const problemsOf = (env: Record<string, string>): readonly string[] => {
  try {
    readSettings(env, '/srv')
  } catch (error) {
    if (error instanceof SettingsRefused) return error.problems
    throw error
  }
  return []
}

describe('settings', () => {
  it('have a default each', () => {
    expect({ ...readSettings({}, '/srv') }).toEqual({
      data: '/srv/.chorus', host: '127.0.0.1', port: 8260, mode: 'demonstration', jwks: undefined, logLevel: 'info', maxUpload: 1073741824, drop: undefined, dropInterval: 10, dropRosterQuiet: 120, samples: '1', checkpoints: '/srv/.chorus/checkpoints', witness: undefined, databaseUrl: undefined, databaseOwnerUrl: undefined,
    })
  })

  it.each([['500', 500], ['64KiB', 65536], ['2 mib', 2097152], ['1GiB', 1073741824]])('read an upload limit of %s', (text, bytes) => {
    expect(readSettings({ CHORUS_MAX_UPLOAD: text }, '/srv').maxUpload).toBe(bytes)
  })

  it.each([
    ['CHORUS_DATA', ''], ['CHORUS_HOST', 'a b'], ['CHORUS_PORT', 'eighty'], ['CHORUS_PORT', ''], ['CHORUS_PORT', '65536'], ['CHORUS_PORT', '-1'], ['CHORUS_PORT', '80.5'],
    ['CHORUS_MODE', 'test'], ['CHORUS_SAMPLES', 'no'], ['CHORUS_MAX_UPLOAD', 'much'], ['CHORUS_MAX_UPLOAD', '0'], ['CHORUS_MAX_UPLOAD', '65GiB'], ['CHORUS_DROP', ''], ['CHORUS_DROP', '/srv/.chorus/in'], ['CHORUS_DROP', '/srv'], ['CHORUS_DROP', __filename], ['CHORUS_CHECKPOINTS', __filename],
    ['CHORUS_DROP_INTERVAL', '0', { CHORUS_DROP: '/drop' }], ['CHORUS_DROP_INTERVAL', 'soon', { CHORUS_DROP: '/drop' }], ['CHORUS_DROP_INTERVAL', '3601', { CHORUS_DROP: '/drop' }], ['CHORUS_DROP_ROSTER_QUIET', '59', { CHORUS_DROP: '/drop' }], ['CHORUS_DROP_ROSTER_QUIET', '1 h', { CHORUS_DROP: '/drop' }], ['DATABASE_URL', ''], ['DATABASE_URL', 'mysql://x/y'], ['DATABASE_URL', 'postgres://u:p@h:99999/d'], ['DATABASE_URL', 'postgres://u:%zz@h/d'], ['DATABASE_URL', 'postgres://%zz:p@h/d'], ['DATABASE_URL', 'postgres://u:p@[/d'], ['DATABASE_OWNER_URL', 'postgres://u:100%@h/d'], ['CHORUS_WITNESS', 'http://a:99999'], ['CHORUS_LOG_URL', 'kurrentdb://u:70000@a:2113,b:99999?tls=false'],
    ['CHORUS_KEY_SERVICE', 'https://kms.example.org', { CHORUS_KEY_SERVICE_PIN: '2468' }], ['CHORUS_KEY_SERVICE_PIN', '', { CHORUS_KEY_SERVICE: 'pkcs11:token=a;object=b?module-path=/c.so' }], ['CHORUS_KEY_SERVICE', '', { CHORUS_KEY_SERVICE_PIN: '2468' }],
  ])('refuse %s=%j in one line that names it and says what to give', (name: string, value: string, others: Readonly<Record<string, string>> = {}) => {
    const problems = problemsOf({ ...others, [name]: value })
    expect(problems).toEqual([expect.stringMatching(new RegExp(`^${name}: .*(give|set)`))])
  })

  it.each([['CHORUS_PORT', 'eighty', 'is not a whole number'], ['CHORUS_PORT', '70000', 'is above'], ['CHORUS_MAX_UPLOAD', '5XB', 'is not a size'], ['CHORUS_MAX_UPLOAD', '65GiB', 'is above']])('say of %s=%s what is wrong with it: it %s', (name, value, words) => {
    expect(problemsOf({ [name]: value }).join()).toContain(words)
  })

  it('say that an interval without its folder watches nothing', () => { expect(problemsOf({ CHORUS_DROP_INTERVAL: '5' })).toEqual([expect.stringMatching(/^CHORUS_DROP: .*give/)]) })

  it('name every wrong one at once', () => {
    expect(problemsOf({ CHORUS_PORT: 'x', CHORUS_MODE: 'y', CHORUS_MAX_UPLOAD: 'z' })).toHaveLength(3)
  })

  it('never repeat an address, which carries a password', () => {
    expect(problemsOf({ DATABASE_URL: 'postgres:/me:hunter2@host/db' }).join('\n')).not.toContain('hunter2')
  })

  it('take an owner without a database, which is all that a migration needs', () => {
    expect(problemsOf({ DATABASE_OWNER_URL: 'postgres://o:p@h/d' })).toEqual([])
  })
})
