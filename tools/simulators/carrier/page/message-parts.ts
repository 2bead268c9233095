import { h } from './dom.js';
import { fileSize } from './format.js';
import type { ThreadMessage } from './sim.js';

type Part = ThreadMessage['parts'][number];
type MediaPart = Part & { type: 'media' };

const isWebAddress = (url: string): boolean => /^https?:\/\//i.test(url);

const link = (url: string, text: string): HTMLElement =>
  isWebAddress(url)
    ? h('a', { href: url, target: '_blank', rel: 'noopener noreferrer' }, text)
    : h('span', {}, text);

const file = ({ url, filename, size_bytes }: MediaPart): HTMLElement =>
  h(
    'span',
    { className: 'file' },
    '📎 ',
    link(url, filename),
    size_bytes > 0 ? ` ${fileSize(size_bytes)}` : '',
  );

const media = (part: MediaPart): HTMLElement => {
  const { url, mime_type, filename } = part;
  if (!isWebAddress(url)) return file(part);
  if (mime_type.startsWith('video/')) return h('video', { src: url, controls: true, title: filename });
  if (mime_type.startsWith('audio/')) return h('audio', { src: url, controls: true, title: filename });
  if (!mime_type.startsWith('image/')) return file(part);
  const image = h('img', { src: url, alt: filename });
  // What the browser can't show, or can't reach, is a file like any other.
  image.onerror = () => image.replaceWith(file(part));
  return image;
};

/** A part of a message as a phone shows it: text, a link, a picture, or a file to open. */
export const partElement = (part: Part): HTMLElement => {
  if (part.type === 'media') return media(part);
  return part.type === 'link' ? link(part.value, part.value) : h('span', { className: 'text' }, part.value);
};
