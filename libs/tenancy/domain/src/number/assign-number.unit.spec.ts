import { at, sendingNumber } from '../agency/agency.fixture';
import { assignNumber } from './assign-number';
import { evolveNumber, type NumberAssigned } from './sending-number';

const toAcme: NumberAssigned = {
  type: 'NumberAssigned',
  data: { sendingNumber, agencyId: 'acme', at: at(0) },
};
const held = evolveNumber(undefined, toAcme);

describe('assigning a sending number', () => {
  it('gives a free one', () => {
    expect(assignNumber(undefined, { sendingNumber, agencyId: 'acme' }, at(0))).toEqual({
      accepted: true,
      events: [toAcme],
    });
  });

  it('changes nothing where the agency has it already', () => {
    expect(assignNumber(held, { sendingNumber, agencyId: 'acme' }, at(9))).toEqual({
      accepted: true,
      events: [],
    });
  });

  it('is refused where another agency has it', () => {
    expect(assignNumber(held, { sendingNumber, agencyId: 'globex' }, at(9))).toMatchObject({
      code: 'number_taken',
    });
  });
});
