import { z } from 'zod';

/** Options that several commands have. */
export const partitionsOption = z.coerce
  .number()
  .int()
  .min(1)
  .max(10_000)
  .default(4)
  .meta({ description: 'partitions of topics that are made' });

export const seedOption = z.coerce
  .number()
  .int()
  .default(1)
  .meta({ description: 'the same seed gives the same events' });

export const applicationIdOption = z
  .string()
  .regex(/^[A-Za-z0-9._-]{1,100}$/, 'it may hold letters, digits, ".", "_" and "-" only')
  .optional()
  .meta({ description: 'whose state to read, where there is more than one', value: 'ID' });
