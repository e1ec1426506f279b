/** Measures, or profiles, one case, in a process of its own: what V8 learns of one topology must not slow down the next. */
import { caseOf } from './all-cases.ts';
import { measureCase, type Plan } from './measure-case.ts';
import { profileCase } from './profile-case.ts';

const [name = '', plan = '', profile] = process.argv.slice(2);
const of = caseOf(name);
// The parent wrote it.
const given = JSON.parse(plan) as Plan;
const result = profile === undefined ? await measureCase(of, given) : await profileCase(of, given, profile);
process.stdout.write(JSON.stringify(result));
