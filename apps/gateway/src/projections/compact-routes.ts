import type { ReplicaStore } from '@claw/messaging';

/** Who may be sent to: the subaccount that holds a number, and the claim it holds it by. */
export interface Route {
  readonly subaccountId: string;
  readonly claimRevision: number;
}

const firstCapacity = 1_024;

/**
 * Routes by a number's digits, for a million of them: one Map from number to slot, and the slots in typed arrays;
 * a subaccount's id is kept once. About 75 bytes a route.
 */
export class CompactRoutes implements ReplicaStore<Route> {
  private readonly slots = new Map<number, number>();
  private readonly subaccounts: string[] = [];
  private readonly subaccountIndex = new Map<string, number>();
  private readonly free: number[] = [];
  private holders = new Uint32Array(firstCapacity);
  private claims = new Uint32Array(firstCapacity);
  private used = 0;

  get size(): number {
    return this.slots.size;
  }

  get(digits: string): Route | undefined {
    const slot = this.slots.get(Number(digits));
    if (slot === undefined) return undefined;
    const subaccountId = this.subaccounts[this.holders[slot] ?? 0];
    return subaccountId === undefined ? undefined : { subaccountId, claimRevision: this.claims[slot] ?? 0 };
  }

  set(digits: string, { subaccountId, claimRevision }: Route): void {
    const number = Number(digits);
    let slot = this.slots.get(number);
    if (slot === undefined) {
      slot = this.free.pop() ?? this.nextSlot();
      this.slots.set(number, slot);
    }
    this.holders[slot] = this.indexOf(subaccountId);
    this.claims[slot] = claimRevision;
  }

  delete(digits: string): void {
    const number = Number(digits);
    const slot = this.slots.get(number);
    if (slot === undefined) return;
    this.slots.delete(number);
    this.free.push(slot);
  }

  *keys(): Iterable<string> {
    for (const number of this.slots.keys()) yield String(number);
  }

  private nextSlot(): number {
    if (this.used === this.holders.length) {
      this.holders = grown(this.holders);
      this.claims = grown(this.claims);
    }
    return this.used++;
  }

  private indexOf(subaccountId: string): number {
    const known = this.subaccountIndex.get(subaccountId);
    if (known !== undefined) return known;
    this.subaccounts.push(subaccountId);
    this.subaccountIndex.set(subaccountId, this.subaccounts.length - 1);
    return this.subaccounts.length - 1;
  }
}

const grown = (slots: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> => {
  const larger = new Uint32Array(Math.ceil(slots.length * 1.5));
  larger.set(slots);
  return larger;
};
