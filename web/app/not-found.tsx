import { PageLink } from '../components/ui/page-link';

export const metadata = { title: 'Page not found' };

export default function NotFound() {
  return (
    <div className="py-24">
      <h1 className="text-xl font-semibold">Page not found</h1>
      <p className="mt-2 text-ink-2">
        Go to the{' '}
        <PageLink className="link" href="/">
          overview
        </PageLink>
        .
      </p>
    </div>
  );
}
