import { z } from 'zod';
import { describe, describeAsJson } from '../../topology/describe.ts';
import { defineCommand } from '../command.ts';
import { builtInTopologies, loadTopologies } from '../load-topologies.ts';

export const topologyCommand = defineCommand({
  arguments: '[TOPOLOGY…]',
  description:
    'Describes topologies: those named, or all that come with Millrace. A TOPOLOGY is one of these, or a file that exports one.',
  options: {
    format: z
      .enum(['text', 'json', 'mermaid'])
      .default('text')
      .meta({ description: 'text for people, mermaid for a drawing, json for programs (an array)' }),
  },
  examples: ['millrace topology', 'millrace topology orders --format mermaid', 'millrace topology ./my-topology.ts'],
  async run({ args, options, stdout }) {
    const names = args.length === 0 ? builtInTopologies : args;
    const topologies = (await Promise.all(names.map(loadTopologies))).flat();
    const { format } = options;
    const text =
      format === 'json'
        ? JSON.stringify(topologies.map(describeAsJson), null, 2)
        : topologies.map((topology) => describe(topology, format)).join('\n');
    await stdout.write(`${text}\n`);
  },
});
