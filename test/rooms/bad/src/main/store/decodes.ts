// lint: @typescript-eslint/no-restricted-imports
import sharp from 'sharp';

export const decode = sharp;
