import type { PhoneNumber } from '@claw/contracts';
import {
  type KnownChat,
  refusalBy,
  type RouteHolder,
  type SendFacts,
  toChat,
  toNewGroup,
  toNumber,
} from './admission';

const number = '+12125550100' as PhoneNumber;
const another = '+12125550101' as PhoneNumber;
const stranger = '+12125550102' as PhoneNumber;
const held = { subaccountId: 'acme', claimRevision: 4 };
const destination = { kind: 'number', number, claimRevision: 4 } as const;

const holders: Readonly<Record<string, RouteHolder>> = {
  [number]: held,
  [another]: { subaccountId: 'acme', claimRevision: 0 },
  [stranger]: { subaccountId: 'globex', claimRevision: 0 },
};
const holderOf = (of: PhoneNumber) => holders[of];

describe('where a send goes', () => {
  it('is a number that the subaccount holds', () => {
    expect(toNumber('acme', number, held)).toEqual(destination);
    expect(toNumber('globex', number, held)).toEqual({ kind: 'no route', numbers: [number] });
    expect(toNumber('acme', number, undefined)).toEqual({ kind: 'no route', numbers: [number] });
  });

  it('is a chat of its own, for as long as the claim lasts', () => {
    const chat: KnownChat = { chatId: 'chat', subaccountId: 'acme', people: [number], claimRevision: 4 };
    expect(toChat('acme', chat, holderOf)).toEqual(destination);
    expect(toChat('globex', chat, holderOf)).toEqual({ kind: 'no chat' });
    expect(toChat('acme', undefined, holderOf)).toEqual({ kind: 'no chat' });
    expect(toChat('acme', chat, () => undefined)).toEqual({ kind: 'no route', numbers: [number] });
    expect(toChat('acme', { ...chat, claimRevision: 3 }, holderOf)).toEqual({ kind: 'no chat' });
  });

  it('is a new group where all of its people are routes, and names all who are not', () => {
    expect(toNewGroup('acme', 'group', [number, another], holderOf)).toEqual({
      kind: 'group',
      chatId: 'group',
      people: [number, another],
      own: [number, another],
    });
    expect(toNewGroup('acme', 'group', [number, stranger], holderOf)).toEqual({
      kind: 'no route',
      numbers: [stranger],
    });
  });

  it('is a group of its own, for as long as anybody in it is a route', () => {
    const group: KnownChat = {
      chatId: 'group',
      subaccountId: 'acme',
      people: [number, stranger],
      claimRevision: null,
    };
    expect(toChat('acme', group, holderOf)).toEqual({
      kind: 'group',
      chatId: 'group',
      people: [number, stranger],
      own: [number],
    });
    expect(toChat('globex', group, holderOf)).toEqual({ kind: 'no chat' });
    expect(toChat('acme', { ...group, people: [stranger] }, holderOf)).toEqual({ kind: 'no chat' });
  });
});

describe('a send is refused', () => {
  const good: SendFacts = { standing: 'active', destination, optedOut: [] };
  it.each<[string, SendFacts, string | undefined]>([
    ['by nothing where all is well', good, undefined],
    [
      'by a suspension before anything else',
      { ...good, standing: 'suspended', destination: { kind: 'no chat' } },
      'subaccount_suspended',
    ],
    ['by a closed subaccount', { ...good, standing: 'closed' }, 'subaccount_suspended'],
    [
      'by a missing route',
      { ...good, destination: { kind: 'no route', numbers: [number] } },
      'route_not_registered',
    ],
    ['by a missing chat', { ...good, destination: { kind: 'no chat' } }, 'chat_not_found'],
    ['by an opt-out', { ...good, optedOut: [number] }, 'recipient_opted_out'],
  ])('%s', (_what, facts, code) => {
    expect(refusalBy(facts)?.errorCode).toBe(code);
  });

  it('by the opt-out of somebody in a group, who is named only where it is a route of the subaccount', () => {
    const group = { kind: 'group', chatId: 'group', people: [number, stranger], own: [number] } as const;
    const refusal = refusalBy({ standing: 'active', destination: group, optedOut: [number, stranger] });
    expect(refusal).toMatchObject({ errorCode: 'recipient_opted_out', phone_numbers: [number] });
  });
});
