import type { Attachments } from '../attachments/attachments';
import type { Behaviours } from '../behaviour/behaviours';
import type { Groups } from '../network/groups';
import type { Happenings } from '../network/happenings';
import type { Ledger } from '../network/ledger';
import type { Network } from '../network/network';
import type { Reactions } from '../network/reactions';
import type { Reading } from '../network/reading';
import type { Typing } from '../network/typing';

export interface ControlApiParts {
  readonly attachments: Attachments;
  readonly behaviours: Behaviours;
  readonly groups: Groups;
  readonly happenings: Happenings;
  readonly ledger: Ledger;
  readonly network: Network;
  readonly reactions: Reactions;
  readonly reading: Reading;
  readonly typing: Typing;
  readonly durable: () => Promise<void>;
  /** Forgets everything: chats, messages, files, webhooks that are still to be sent, and behaviour. */
  readonly reset: () => Promise<void>;
}
