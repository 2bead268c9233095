/** A server that could not be started; the message is one line that names the server, the reason and its log. */
export class ServerStartFailed extends Error {
  constructor(
    readonly server: string,
    reason: string,
    readonly logFile?: string,
  ) {
    super(`${server}: ${reason}${logFile === undefined ? '' : ` (log: ${logFile})`}`);
    this.name = 'ServerStartFailed';
  }
}
