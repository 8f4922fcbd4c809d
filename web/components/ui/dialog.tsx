'use client';
import { useId, useLayoutEffect, useRef, type ReactNode } from 'react';
import { Button } from './button';
import { cx } from './cx';

const KINDS = {
  /** A prompt in the middle of the page. */
  prompt: { frame: 'm-auto w-[26rem] max-w-[calc(100vw-2rem)] rounded border', body: 'gap-3 p-5' },
  /** Details at the right edge, full height; on a phone full screen. */
  sheet: {
    frame: 'my-0 mr-0 ml-auto h-dvh max-h-none w-[46rem] max-w-full border-l max-sm:border-l-0',
    body: 'min-h-full gap-4 px-4 py-3 sm:px-6 sm:py-4',
  },
} as const;

interface Props {
  title: string;
  kind?: keyof typeof KINDS;
  onClose: () => void;
  children: ReactNode;
}

/** A modal dialog, open while rendered. The browser traps focus in it and the opener gets it back; Esc or a click outside closes it. */
export function Dialog({ title, kind = 'prompt', onClose, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  // a layout effect, to close it before it leaves the page: a removed dialog does not restore focus
  useLayoutEffect(() => {
    const element = dialog.current;
    const opener = document.activeElement;
    if (!element?.open) element?.showModal();
    // a sheet begins with its button Close
    element?.querySelector<HTMLElement>('[data-autofocus]')?.focus();
    return () => {
      element?.close();
      // React has removed the dialog by now, in which case the browser does not restore focus
      if (opener instanceof HTMLElement) opener.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={titleId}
      // on Esc the parent decides, not the browser
      onCancel={(event) => (event.preventDefault(), onClose())}
      onPointerDown={(event) => event.target === event.currentTarget && onClose()}
      className={cx('border-rule-strong bg-bg text-ink backdrop:bg-bg/75', KINDS[kind].frame)}
    >
      <div className={cx('flex flex-col', KINDS[kind].body)}>
        <div className="flex items-center justify-between gap-4">
          <h2 id={titleId} className="min-w-0 text-base font-semibold wrap-anywhere">
            {title}
          </h2>
          {kind === 'sheet' && <Button onClick={onClose}>Close</Button>}
        </div>
        {children}
      </div>
    </dialog>
  );
}
