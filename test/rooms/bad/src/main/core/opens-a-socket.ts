// lint: @typescript-eslint/no-restricted-imports
import { WebSocket } from 'ws';

export const open = (url: string): WebSocket => new WebSocket(url);
