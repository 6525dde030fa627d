import { describe, expect, it } from 'vitest';
import { contentKeyOf, readMediaUrl, thumbnailWidth, toMediaUrl } from '../../src/shared/media-url.ts';

const sha256 = 'a1b2c3d4e5f60718'.padEnd(64, '0');

describe('media addresses', () => {
  it('are read back as they were written', () => {
    const request = { imageId: 12, contentKey: contentKeyOf(sha256) };
    const base = '/media/image/' as const;
    expect(readMediaUrl(toMediaUrl(base, request).slice(base.length))).toEqual(request);
    const thumbnail = { ...request, width: thumbnailWidth } as const;
    expect(readMediaUrl(toMediaUrl(base, thumbnail).slice(base.length))).toEqual(thumbnail);
  });

  it.each([
    '',
    '0?v=a1b2c3d4e5f60718',
    '../7?v=a1b2c3d4e5f60718',
    '7',
    '7?v=xyz',
    '7?v=a1b2c3d4e5f60718&w=1',
    '99999999999?v=a1b2c3d4e5f60718',
  ])('are nothing else: %j', (rest) => expect(readMediaUrl(rest)).toBeUndefined());
});
