import { PageLink } from '../components/ui/page-link';

export const metadata = { title: 'No such page' };

export default function NotFound() {
  return (
    <div className="py-24">
      <h1 className="text-xl font-semibold">There is no such page</h1>
      <p className="mt-2 text-ink-2">
        The{' '}
        <PageLink className="link" href="/">
          overview
        </PageLink>{' '}
        leads to all that there is.
      </p>
    </div>
  );
}
