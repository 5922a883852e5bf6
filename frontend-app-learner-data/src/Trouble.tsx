import { useIntl } from '@openedx/frontend-base';
import { Alert, Button } from '@openedx/paragon';

import { refusalOf } from './api.js';
import messages from './messages.js';

/** Says what the LMS said when it refused, and offers to try again where that can help. */
export function Trouble({ error, onTryAgain }: { error: unknown, onTryAgain?: () => void }) {
  const { formatMessage } = useIntl();
  return (
    <Alert variant="danger" className="mt-3">
      <p className="mb-0">{refusalOf(error).sentence || formatMessage(messages.failed)}</p>
      {onTryAgain && (
        <Button variant="link" size="inline" onClick={onTryAgain}>{formatMessage(messages.tryAgain)}</Button>
      )}
    </Alert>
  );
}
