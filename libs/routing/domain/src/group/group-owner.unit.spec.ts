import { groupOwner, type NumberHolder } from './group-owner';

const agencyId = 'first-agency';
const acme: NumberHolder = { subaccountId: 'acme', agencyId };
const globex: NumberHolder = { subaccountId: 'globex', agencyId };
const stranger: NumberHolder = { subaccountId: 'stranger', agencyId: 'second-agency' };
const nobody = undefined;

describe('a group', () => {
  it.each<[string, string | undefined, readonly (NumberHolder | undefined)[], NumberHolder | undefined]>([
    ['the one who opened it, whoever writes', 'acme', [globex, nobody, acme], acme],
    ['the sender’s, where nobody of ours opened it', undefined, [globex, acme], globex],
    ['the sender’s, once the opener holds none of its numbers', 'acme', [globex, nobody], globex],
    [
      'the first routed person’s, where the sender is nobody’s',
      undefined,
      [nobody, nobody, acme, globex],
      acme,
    ],
    ['not another agency’s, though the sender is', undefined, [stranger, acme], acme],
    ['not another agency’s, though it opened it', 'stranger', [stranger, acme], acme],
    ['nobody’s, where nobody in it is routed', 'acme', [nobody, nobody], undefined],
    ['nobody’s, where all are another agency’s', undefined, [stranger, stranger], undefined],
    ['nobody’s, where nobody is in it', 'acme', [], undefined],
  ])('is %s', (_, openedBy, holders, owner) => {
    expect(groupOwner({ agencyId, openedBy, holders })).toBe(owner);
  });
});
