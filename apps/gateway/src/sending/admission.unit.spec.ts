import type { PhoneNumber } from '@claw/contracts';
import { refusalBy, toChat, toNumber } from './admission';

const number = '+12125550100' as PhoneNumber;
const held = { subaccountId: 'acme', claimRevision: 4 };
const destination = { kind: 'number', number, claimRevision: 4 } as const;

describe('where a send goes', () => {
  it('is a number that the subaccount holds', () => {
    expect(toNumber('acme', number, held)).toEqual(destination);
    expect(toNumber('globex', number, held)).toEqual({ kind: 'no route', number });
    expect(toNumber('acme', number, undefined)).toEqual({ kind: 'no route', number });
  });

  it('is a chat of its own, for as long as the claim lasts', () => {
    const chat = { subaccountId: 'acme', number, claimRevision: 4 };
    expect(toChat('acme', chat, held)).toEqual(destination);
    expect(toChat('globex', chat, held)).toEqual({ kind: 'no chat' });
    expect(toChat('acme', undefined, held)).toEqual({ kind: 'no chat' });
    expect(toChat('acme', chat, undefined)).toEqual({ kind: 'no route', number });
    expect(toChat('acme', chat, { subaccountId: 'acme', claimRevision: 6 })).toEqual({ kind: 'no chat' });
  });
});

describe('a send is refused', () => {
  const good = { standing: 'active', destination, optedOut: false } as const;
  it.each([
    ['by nothing where all is well', good, undefined],
    [
      'by a suspension before anything else',
      { ...good, standing: 'suspended', destination: { kind: 'no chat' } },
      'subaccount_suspended',
    ],
    ['by a closed subaccount', { ...good, standing: 'closed' }, 'subaccount_suspended'],
    ['by a missing route', { ...good, destination: { kind: 'no route', number } }, 'route_not_registered'],
    ['by a missing chat', { ...good, destination: { kind: 'no chat' } }, 'chat_not_found'],
    ['by an opt-out', { ...good, optedOut: true }, 'recipient_opted_out'],
  ] as const)('%s', (_what, facts, code) => {
    expect(refusalBy(facts)?.errorCode).toBe(code);
  });
});
