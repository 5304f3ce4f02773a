import { Fragment } from 'react';

/** A name of the kind schema.table_of_things: where it does not fit into its line, it breaks behind a dot, a line or a slash. */
export function Name({ children }: { children: string }) {
  return (children.match(/[^._/-]+[._/-]*|[._/-]+/g) ?? []).map((part, at) => (
    <Fragment key={at}>
      {at > 0 && <wbr />}
      {part}
    </Fragment>
  ));
}
