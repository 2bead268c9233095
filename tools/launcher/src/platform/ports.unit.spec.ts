import { parseReplicas } from './parse-replicas';
import { parseNatsNodes } from './nats-nodes';
import { everyPort, parsePortBase, portSpan, portsFrom } from './ports';

const two = parseReplicas('gateway=2,routing=2');

describe('the ports', () => {
  it('all follow the base', () => {
    expect(portsFrom(9_000, two)).toEqual({
      front: 9_000,
      eventStore: 9_001,
      nats: [{ client: 9_002, monitor: 9_006, route: 9_050 }],
      postgres: 9_003,
      carrier: 9_004,
      eventStoreHealth: 9_007,
      frontHealth: 9_008,
      services: { api: [9_010], tenancy: [9_020], routing: [9_030, 9_031], gateway: [9_040, 9_041] },
    });
  });

  it('are all different, also with as many replicas as there may be', () => {
    const most = parseReplicas('api=10,tenancy=10,routing=10,gateway=10');
    const ports = everyPort(portsFrom(8_080, most, 3));
    expect(new Set(ports).size).toBe(ports.length);
    expect(Math.max(...ports)).toBeLessThan(8_080 + portSpan);
  });

  it.each(['0', 'x', '65535', '80.5', ''])('refuse %p as their base', (text) => {
    expect(() => parsePortBase(text)).toThrow('--port-base takes a port from 1 to');
  });
});

describe('--nats-nodes', () => {
  it.each(['0', '2', '5', 'three', ''])(
    'refuses %p: a majority of three is the least that outlives one',
    (text) => {
      expect(() => parseNatsNodes(text)).toThrow(`--nats-nodes takes 1 or 3, not "${text}"`);
    },
  );
});

describe('--replicas', () => {
  it('gives one process to each service that is not named', () => {
    expect(two).toEqual({ api: 1, tenancy: 1, routing: 2, gateway: 2 });
  });

  it.each([
    ['dashboard=2', 'there is no service "dashboard"'],
    ['gateway=0', 'gateway takes 1 to 10, not "0"'],
    ['gateway=11', 'gateway takes 1 to 10, not "11"'],
    ['gateway', 'gateway takes 1 to 10, not ""'],
  ])('refuses %s', (text, reason) => {
    expect(() => parseReplicas(text)).toThrow(reason);
  });
});
