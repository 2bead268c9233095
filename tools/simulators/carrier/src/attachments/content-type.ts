import { extname } from 'node:path';
import type { LinqAPIV3 } from '@linqapp/sdk';

/** The kinds of files that Linq takes (the SDK's `SupportedContentType`), with the endings of their names. */
const ENDINGS: Readonly<Record<LinqAPIV3.SupportedContentType, readonly string[]>> = {
  'image/jpeg': ['.jpg', '.jpeg'],
  'image/png': ['.png'],
  'image/gif': ['.gif'],
  'image/heic': ['.heic'],
  'image/heif': ['.heif'],
  'image/tiff': ['.tif', '.tiff'],
  'image/bmp': ['.bmp'],
  'image/svg+xml': ['.svg'],
  'image/webp': ['.webp'],
  'image/x-icon': ['.ico'],
  'video/mp4': ['.mp4'],
  'video/quicktime': ['.mov'],
  'video/mpeg': ['.mpeg', '.mpg'],
  'video/mpeg2': [],
  'video/x-m4v': ['.m4v'],
  'video/x-msvideo': ['.avi'],
  'video/3gpp': ['.3gp'],
  'audio/mpeg': ['.mp3'],
  'audio/mp3': [],
  'audio/x-m4a': ['.m4a'],
  'audio/mp4': [],
  'audio/x-caf': ['.caf'],
  'audio/x-wav': ['.wav'],
  'audio/x-aiff': ['.aiff', '.aif'],
  'audio/aiff': [],
  'audio/aac': ['.aac'],
  'audio/midi': ['.mid', '.midi'],
  'audio/amr': ['.amr'],
  'application/pdf': ['.pdf'],
  'text/plain': ['.txt'],
  'text/markdown': ['.md'],
  'text/vcard': ['.vcf'],
  'text/rtf': ['.rtf'],
  'text/csv': ['.csv'],
  'text/html': ['.html', '.htm'],
  'text/calendar': ['.ics'],
  'application/msword': ['.doc'],
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['.docx'],
  'application/vnd.ms-excel': ['.xls'],
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['.xlsx'],
  'application/vnd.ms-powerpoint': ['.ppt'],
  'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['.pptx'],
  'application/x-iwork-pages-sffpages': ['.pages'],
  'application/x-iwork-numbers-sffnumbers': ['.numbers'],
  'application/x-iwork-keynote-sffkey': ['.key'],
  'application/epub+zip': ['.epub'],
  'text/xml': ['.xml'],
  'application/json': ['.json'],
  'application/zip': ['.zip'],
  'application/x-gzip': ['.gz'],
};

/** What Linq refuses by name: FLAC, OGG and what can be run. */
const REFUSED_ENDINGS = new Set(['.flac', '.ogg', '.exe', '.msi', '.bat', '.sh', '.apk', '.dmg']);

const BY_ENDING = new Map(
  Object.entries(ENDINGS).flatMap(([type, endings]) => endings.map((ending) => [ending, type] as const)),
);

export const CONTENT_TYPES = Object.keys(ENDINGS) as LinqAPIV3.SupportedContentType[];

const endingOf = (filename: string): string => extname(filename).toLowerCase();

/** The kind of a file by the ending of its name; bytes of no known kind where it tells nothing. */
export const contentTypeOf = (filename: string): string =>
  BY_ENDING.get(endingOf(filename)) ?? 'application/octet-stream';

export const isRefusedFile = (filename: string): boolean => REFUSED_ENDINGS.has(endingOf(filename));

/** The name that a URL ends with, or `file` where it ends with none. */
export const filenameIn = (url: string): string => {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last) || 'file';
  } catch {
    return last;
  }
};
