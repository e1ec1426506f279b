import { type Family, Unsupported } from './context.ts';

export const suppression: Family = {
  suppress: (_, node) => {
    throw new Unsupported(`suppress ${node.until}${node.maxRecords === undefined ? '' : ', maxRecords'}`);
  },
};
