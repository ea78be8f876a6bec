import { feedsIn, streamsOfReport } from './report-streams'

const applied = (target: string, system: string, agency = 'MOZZ99900', version = 1) => {
  const text = `mapping: m\nversion: ${version}\ntarget: ${target}\nsource: { agency: ${agency}, system: ${system} }\n`
  return { data: { runId: 'r', mapping: `m@${version}`, hash: `${text.length}${text}`, text } }
}
const idOf = (...parts: string[]): string => parts.join('/')

it('the feeds of reports and arrests, each once, whatever the version of its mapping', () => {
  expect(feedsIn([applied('incident-report', 'sample-rms'), applied('incident-report', 'sample-rms', 'MOZZ99900', 2), applied('arrest', 'sample-jail'), applied('lethality-screen', 'sample-lap')])).toEqual([
    { agency: 'MOZZ99900', system: 'sample-rms', target: 'incident-report' }, { agency: 'MOZZ99900', system: 'sample-jail', target: 'arrest' },
  ])
})
it('a report is looked for as a file of the standard has it, and as each extract of its agency', () => {
  const feeds = feedsIn([applied('incident-report', 'sample-rms'), applied('arrest', 'sample-jail'), applied('incident-report', 'other', 'MOZZ99901')])
  expect(streamsOfReport('MOZZ99900', ' fx26-1', feeds, idOf)).toEqual([
    'incident-MOZZ99900/nibrs-flat-file/MOZZ99900| fx26-1', 'arrest-MOZZ99900/nibrs-flat-file/MOZZ99900| fx26-1', 'incident-MOZZ99900/sample-rms/incident-report/FX26-1', 'arrest-MOZZ99900/sample-jail/arrest/FX26-1',
  ])
})
