import { type Family, Unsupported } from './context.ts';

export const processors: Family = {
  process: (_, node) => {
    throw new Unsupported(`process ${node.processor}`);
  },
  processValues: (_, node) => {
    throw new Unsupported(`processValues ${node.processor}`);
  },
};
