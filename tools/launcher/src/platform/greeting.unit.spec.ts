import { dataFolder } from '../state/data-folder';
import { greeting } from './greeting';
import { parseReplicas } from './parse-replicas';
import { portsFrom } from './ports';

describe('the greeting', () => {
  const replicas = parseReplicas('');
  const greet = (portBase: number): string =>
    greeting({
      folder: dataFolder('.claw'),
      ports: portsFrom(portBase, replicas),
      replicas,
      secrets: { operator_token: 'o', carrier_api_key: 'c', carrier_webhook_secret: 'w' },
      relaxed: false,
      natsBinary: 'nats-server',
      postgresUrl: 'postgres://127.0.0.1',
    });

  it('says where the API, the reference and the virtual phones are', () => {
    const said = greet(22_000);
    for (const address of [
      'http://127.0.0.1:22000/api',
      'http://127.0.0.1:22000/docs',
      'http://127.0.0.1:22004/',
    ])
      expect(said).toContain(address);
  });
});
