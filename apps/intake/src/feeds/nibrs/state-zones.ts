/** Time zone of an agency by the first two letters of its ORI. A NIBRS file has local hours and no zone. */

const ONE_ZONE: Readonly<Record<string, string>> = Object.fromEntries(Object.entries({
  'America/New_York': 'CT DC DE GA MA MD ME NC NH NJ NY OH PA RI SC VA VT WV',
  'America/Chicago': 'AL AR IA IL LA MN MO MS OK WI',
  'America/Denver': 'CO MT NM UT WY',
  'America/Los_Angeles': 'CA WA',
  'America/Phoenix': 'AZ',
  'Pacific/Honolulu': 'HI',
  'Pacific/Guam': 'GM GU',
  'America/Puerto_Rico': 'PR',
  'America/St_Thomas': 'VI',
  'Pacific/Pago_Pago': 'AM AS',
}).flatMap(([zone, states]) => states.split(' ').map((state) => [state, zone])))

// States with two zones: the one in which most of their people live.
const MOSTLY: Readonly<Record<string, string>> = {
  AK: 'America/Anchorage', FL: 'America/New_York', ID: 'America/Boise', IN: 'America/Indiana/Indianapolis', KS: 'America/Chicago', KY: 'America/New_York', MI: 'America/Detroit',
  NB: 'America/Chicago', ND: 'America/Chicago', NE: 'America/Chicago', NV: 'America/Los_Angeles', OR: 'America/Los_Angeles', SD: 'America/Chicago', TN: 'America/Chicago', TX: 'America/Chicago',
}

export interface AgencyZone { /** IANA name */ readonly zone: string; /** the state has two zones, or is not known: say so in the report and let the operator override it */ readonly assumed: boolean }

/** @param ori nine characters, the state first. An unknown state gives UTC, assumed. */
export const zoneOf = (ori: string): AgencyZone => {
  const state = ori.slice(0, 2)
  const zone = ONE_ZONE[state]
  return zone ? { zone, assumed: false } : { zone: MOSTLY[state] ?? 'UTC', assumed: true }
}
