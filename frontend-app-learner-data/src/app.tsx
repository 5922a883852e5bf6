import { App, WidgetOperationTypes } from '@openedx/frontend-base';
import type { ReactNode } from 'react';

import { Panel } from './Panel.js';

/** The dashboard reads the properties of such an element, and shows the content itself. */
const Route = (_properties: { tabId: string, content: ReactNode }) => null;

// Prepended, so that it comes before the frame that the Tutor plugin appends: the dashboard shows the first of a tab.
const app: App = {
  appId: 'learner_data_plugin.frontend.app.learnerData',
  slots: [
    {
      slotId: 'org.openedx.frontend.slot.instructorDashboard.routes.v1',
      id: 'learner_data_plugin.widget.instructorDashboard.route.learner_data_panel',
      op: WidgetOperationTypes.PREPEND,
      element: <Route tabId="learner_data" content={<Panel />} />,
    },
  ],
};

export default app;
