/** A live socket, as far as the ownership of its subaccount is concerned. */
export interface LiveSocket {
  /** A newer connection has taken the subaccount over. */
  replaced(): void;
}

/** Which subaccounts have a live socket in this process: never more than one each. */
export class LiveSockets {
  private readonly bySubaccount = new Map<string, LiveSocket>();

  has(subaccountId: string): boolean {
    return this.bySubaccount.has(subaccountId);
  }

  /** The newest one is the live one: an older one is told. */
  set(subaccountId: string, socket: LiveSocket): void {
    const older = this.bySubaccount.get(subaccountId);
    this.bySubaccount.set(subaccountId, socket);
    if (older !== undefined && older !== socket) older.replaced();
  }

  /** Ends the live one in favour of a newer one that is coming, here or at another gateway. */
  replace(subaccountId: string): void {
    const socket = this.bySubaccount.get(subaccountId);
    this.bySubaccount.delete(subaccountId);
    socket?.replaced();
  }

  remove(subaccountId: string, socket: LiveSocket): void {
    if (this.bySubaccount.get(subaccountId) === socket) this.bySubaccount.delete(subaccountId);
  }
}
