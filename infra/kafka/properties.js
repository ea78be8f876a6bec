// The settings of a broker on one machine: broker and controller in one process, one copy of everything, listening on 127.0.0.1 alone.

/**
 * @param {{ port: number, controllerPort: number, data: string, settings?: Record<string, string> }} options
 *   `settings` replaces or adds lines, for example another listener
 * @returns {string} server.properties
 */
const serverProperties = ({ port, controllerPort, data, settings = {} }) => {
  const lines = {
    'process.roles': 'broker,controller',
    'node.id': '1',
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'controller.listener.names': 'CONTROLLER',
    'log.dirs': data,
    // one broker: one copy, of which one must be there
    'default.replication.factor': '1',
    'min.insync.replicas': '1',
    'offsets.topic.replication.factor': '1',
    'offsets.topic.num.partitions': '8',
    'transaction.state.log.replication.factor': '1',
    'transaction.state.log.min.isr': '1',
    'transaction.state.log.num.partitions': '4',
    // topics are made by name, with their partitions and retention, never by a slip of the pen
    'auto.create.topics.enable': 'false',
    'group.initial.rebalance.delay.ms': '0',
    // tests have consumers that die; nobody wants to wait six seconds for that
    'group.min.session.timeout.ms': '500',
    // a broker that was killed may come back at once: it is one of one, nobody else could have taken its place
    'broker.session.timeout.ms': '2000',
    'broker.heartbeat.interval.ms': '500',
    ...settings,
  }
  return `${Object.entries(lines).map(([name, value]) => `${name}=${value}`).join('\n')}\n`
}

module.exports = { serverProperties }
