import { z } from 'zod';

const address = /^(\[[^\]]+\]|[^:,\s]+):\d{1,5}$/;

/** The options that every command has. */
export const globalOptions = {
  bootstrapServers: z
    .string()
    .refine((text) => text.split(',').every((part) => address.test(part.trim())), 'write HOST:PORT,HOST:PORT')
    .optional()
    .meta({ description: 'brokers of a Kafka; without it the embedded log is used', value: 'HOST:PORT,…' }),
  schemaRegistry: z
    .string()
    .refine((text) => /^https?:\/\/./.test(text), 'write http://HOST:PORT')
    .optional()
    .meta({ description: "the Kafka's schema registry", value: 'URL' }),
  dataDir: z
    .string()
    .min(1)
    .default('./millrace-data')
    .meta({ description: 'folder of the embedded log and of the state', value: 'DIR' }),
  stateDir: z
    .string()
    .min(1)
    .optional()
    .meta({ description: 'folder of the state files (default: state in the data folder)', value: 'DIR' }),
  config: z.string().min(1).optional().meta({ description: 'JSON file with options by their names', value: 'FILE' }),
} as const;
