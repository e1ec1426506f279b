import { type Build, Unsupported } from './context.ts';

export const countWindows: Build = windowed;
export const reduceWindows: Build = windowed;
export const aggregateWindows: Build = windowed;
export const cogroupWindows: Build = windowed;

function windowed(...[, node]: Parameters<Build>): void {
  const type = node.window !== undefined && 'type' in node.window ? node.window.type : '';
  throw new Unsupported(`${node.op}, ${type}${node.emit === undefined ? '' : ', emit on close'}`);
}
