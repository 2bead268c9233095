import { Injectable } from '@nestjs/common';

/** Whether the service is on its way out: it isn't ready any more, so no new work is sent its way. */
@Injectable()
export class Draining {
  private begun = false;

  get isDraining(): boolean {
    return this.begun;
  }

  begin(): void {
    this.begun = true;
  }
}
