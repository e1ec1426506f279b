/** What is used of Standard Schema (standardschema.dev): any validator that implements it will do. */
export interface StandardSchema<Output> {
  readonly '~standard': {
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>;
    readonly types?: { readonly output: Output } | undefined;
  };
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] };

export interface StandardIssue {
  readonly message: string;
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined;
}

/** Where the value is wrong, `items.0.price`, and how: the first issue. */
export function describeIssue(issues: readonly StandardIssue[]): { path: string; message: string } {
  const [issue] = issues;
  const path = (issue?.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part));
  return { path: path.length > 0 ? path.join('.') : 'it', message: issue?.message ?? 'not valid' };
}
