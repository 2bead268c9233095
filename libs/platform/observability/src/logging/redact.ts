const REDACTED = '[redacted]';

/** The name of a member whose text is a secret. */
const SECRET = '[\\w-]{0,40}(?:authorization|cookie|password|secret|token|api_?key)';
const secretMember = new RegExp(String.raw`"(${SECRET})"(\s*:\s*)"[^"\\]*(?:\\.[^"\\]*)*"`, 'gi');
/** The same in JSON that is itself a string. */
const quotedSecretMember = new RegExp(
  String.raw`\\"(${SECRET})\\"(\s*:\s*)\\"[^"\\]*(?:\\\\(?:[^"\\]|\\"|\\\\)[^"\\]*)*\\"`,
  'gi',
);

/**
 * A line of log without its secrets: a key of ours is cut to its prefix; `key` and the like in a URL, credentials of
 * a header or an address, and members with a secret's name lose their value. It works on the finished line, so no
 * depth and no message escapes it; no pattern asks for a word's beginning, which an escaped line break would hide.
 */
export const redact = (line: string): string =>
  line
    .replace(/(cm_live_[A-Za-z0-9]{8})_[A-Za-z0-9]+/g, '$1')
    .replace(/([?&](?:api_?key|key|token|secret|signature)=)[^&\s"'\\#]+/gi, `$1${REDACTED}`)
    .replace(/(Bearer|Basic)\s+[\w.~+/=-]+/gi, `$1 ${REDACTED}`)
    .replace(/([a-z][a-z+]{1,20}:\/\/[^\s:@/"\\]*:)[^\s@/"\\]+@/gi, `$1${REDACTED}@`)
    .replace(secretMember, `"$1"$2"${REDACTED}"`)
    .replace(quotedSecretMember, String.raw`\"$1\"$2\"${REDACTED}\"`);
