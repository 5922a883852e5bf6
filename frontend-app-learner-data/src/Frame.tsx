import { getSiteConfig, useIntl } from '@openedx/frontend-base';
import { useEffect, useRef, useState } from 'react';

import messages from './messages.js';

const HEIGHT_AT_FIRST = 600;

/** The page of learner data in a frame as high as the page. Messages are sent to and taken from the LMS alone. */
export function Frame({ courseId }: { courseId: string }) {
  const { formatMessage } = useIntl();
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(HEIGHT_AT_FIRST);
  const lms = getSiteConfig().lmsBaseUrl;
  const page = `${lms}/learner_data/courses/${encodeURIComponent(courseId)}/?embedded=1`;

  useEffect(() => {
    const { origin } = new URL(lms);
    let isThere = false;

    const tellView = () => {
      if (!frame.current || !isThere) {
        return;
      }
      const box = frame.current.getBoundingClientRect();
      const top = Math.max(0, -box.top);
      const inSight = Math.max(0, Math.min(window.innerHeight, box.bottom) - Math.max(0, box.top));
      frame.current.contentWindow?.postMessage({ type: 'learner-data.view', top, height: inSight }, origin);
    };
    const listen = (event: MessageEvent<{ type?: unknown, height?: unknown } | null>) => {
      if (event.origin !== origin || !frame.current || event.source !== frame.current.contentWindow) {
        return;
      }
      if (event.data?.type === 'learner-data.height' && Number.isFinite(event.data.height)) {
        isThere = true;
        setHeight(event.data.height as number);
        tellView();
      }
    };

    window.addEventListener('message', listen);
    window.addEventListener('resize', tellView);
    document.addEventListener('scroll', tellView, { capture: true, passive: true });
    return () => {
      window.removeEventListener('message', listen);
      window.removeEventListener('resize', tellView);
      document.removeEventListener('scroll', tellView, { capture: true });
    };
  }, [lms]);

  return (
    <iframe
      key={page}
      ref={frame}
      title={formatMessage(messages.title)}
      src={page}
      allow="clipboard-write"
      className="border-0 w-100 mt-4"
      height={height}
    />
  );
}
