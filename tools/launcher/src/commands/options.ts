/** What every command takes: the folder that holds the platform's data. */
export interface DataOption {
  readonly data: string;
}

/** The default of `--data`, seen from where the launcher was called. */
export const defaultData = '.claw';
