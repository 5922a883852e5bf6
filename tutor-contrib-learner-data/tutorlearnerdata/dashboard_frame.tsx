// The page of learner data inside the new instructor dashboard: a frame as high as the page, which is told what is in sight.
// Messages are sent to and taken from the LMS alone. They are described in learner-data-plugin, in js/embedded.js.

type LearnerDataMessage = { type?: unknown, height?: unknown } | null | undefined;

const LEARNER_DATA_SECONDS_TO_LOAD = 15;

function LearnerDataFrame() {
  const { courseId = '' } = LearnerDataRouter.useParams();
  const lms = LearnerDataBase.getSiteConfig().lmsBaseUrl;
  const frame = LearnerDataReact.useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = LearnerDataReact.useState<number | null>(null);
  const [isLate, setIsLate] = LearnerDataReact.useState(false);
  const page = `${lms}/learner_data/courses/${encodeURIComponent(courseId)}/`;

  LearnerDataReact.useEffect(() => {
    const { origin } = new URL(lms);
    let isThere = false;

    const tellView = () => {
      const element = frame.current;
      if (!element || !isThere) {
        return;
      }
      const box = element.getBoundingClientRect();
      const top = Math.max(0, -box.top);
      const inSight = Math.max(0, Math.min(window.innerHeight, box.bottom) - Math.max(0, box.top));
      element.contentWindow?.postMessage({ type: 'learner-data.view', top, height: inSight }, origin);
    };

    const listen = (event: MessageEvent<LearnerDataMessage>) => {
      if (event.origin !== origin || !frame.current || event.source !== frame.current.contentWindow) {
        return;
      }
      if (event.data?.type === 'learner-data.height' && Number.isFinite(event.data.height)) {
        isThere = true;
        setHeight(event.data.height as number);
        tellView();
      }
    };

    const timer = window.setTimeout(() => setIsLate(true), LEARNER_DATA_SECONDS_TO_LOAD * 1000);
    window.addEventListener('message', listen);
    window.addEventListener('resize', tellView);
    document.addEventListener('scroll', tellView, { capture: true, passive: true });
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener('message', listen);
      window.removeEventListener('resize', tellView);
      document.removeEventListener('scroll', tellView, { capture: true });
    };
  }, [lms]);

  return (
    <>
      {height === null && isLate && <p><a href={page}>Open Learner Data in a window of its own</a></p>}
      <iframe
        key={page}
        ref={frame}
        title="Learner Data"
        src={`${page}?embedded=1`}
        allow="clipboard-write"
        className="border-0 w-100"
        height={height ?? 600}
      />
    </>
  );
}

// The dashboard reads the properties of such an element, and shows the content itself.
const LearnerDataRoute = (_properties: { tabId: string, content: LearnerDataReact.ReactNode }) => null;
