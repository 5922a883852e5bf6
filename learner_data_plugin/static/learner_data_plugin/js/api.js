/* Calls to the REST API of one course. A call that did not succeed throws a Failure, which knows what to tell the reader. */
(function (ld) {
  'use strict';

  const READ_ATTEMPTS = 3;

  class Failure extends Error {
    /** `kind` is one of network, signed_out, reload, forbidden, throttled, refused, server. */
    constructor(kind, body) {
      super(kind);
      this.kind = kind;
      this.code = (body && body.error_code) || '';
      this.sentence = (body && typeof body.developer_message === 'string' && body.developer_message) || '';
    }
  }

  function cookie(name) {
    const found = document.cookie.split('; ').find((pair) => pair.startsWith(name + '='));
    return found ? decodeURIComponent(found.slice(name.length + 1)) : '';
  }

  function kindOf(response, body) {
    const code = (body && body.error_code) || '';
    const sentence = String((body && body.developer_message) || '');
    if (response.status === 401 || code === 'not_authenticated' || (response.redirected && !body)) {
      return 'signed_out';
    }
    if (response.status === 403) {
      return code.startsWith('csrf') || sentence.startsWith('CSRF') || !body ? 'reload' : 'forbidden';
    }
    if (response.status === 429) {
      return 'throttled';
    }
    return body && code && (response.status < 500 || response.status === 503) ? 'refused' : 'server';
  }

  const pause = (milliseconds) => new Promise((resolve) => { setTimeout(resolve, milliseconds); });

  ld.Failure = Failure;

  ld.createApi = function (page) {
    async function call(url, options, accept) {
      let response;
      try {
        response = await fetch(url, {credentials: 'same-origin', headers: {Accept: accept}, ...options});
      } catch {
        throw new Failure('network');
      }
      const isWanted = (response.headers.get('Content-Type') || '').startsWith(accept);
      if (response.ok && (isWanted || response.status === 204)) {
        return response;
      }
      let body = null;
      try {
        body = await response.json();
      } catch { /* not JSON: a sign-in page or a proxy's page */ }
      throw Object.assign(new Failure(kindOf(response, body), body), {status: response.status});
    }

    function write(method, url, body) {
      return call(url, {
        method,
        headers: {
          Accept: 'application/json',
          'Content-Type': 'application/json',
          'X-CSRFToken': cookie(page.csrf_cookie),
        },
        body: body === undefined ? undefined : JSON.stringify(body),
      }, 'application/json');
    }

    async function read(url) {
      return (await call(url, {}, 'application/json')).json();
    }

    async function post(url, body) {
      return (await write('POST', url, body)).json();
    }

    return {
      read,
      /** Reads, and tries again a little later when the network failed. A body keeps what is asked for out of the address. */
      async readPatiently(url, body) {
        for (let attempt = 1; ; attempt += 1) {
          try {
            return await (body ? post(url, body) : read(url));
          } catch (failure) {
            if (failure.kind !== 'network' || attempt === READ_ATTEMPTS) {
              throw failure;
            }
            await pause(400 * 2 ** attempt);
          }
        }
      },
      /** The address of a file for a link: a CSV is to start with a byte order mark, without which Excel misreads it. */
      fileUrl: (url, format) => (format === 'csv' && page.csv_bom ? url + (url.includes('?') ? '&' : '?') + 'bom=1' : url),
      /** Returns the answer itself, whose body is a CSV file. */
      readCsv: (url) => call(url, {}, 'text/csv'),
      post,
      patch: async (url, body) => (await write('PATCH', url, body)).json(),
      /** Sends a form with a file; returns the answer itself, whatever it is. A server in front may refuse a large one. */
      async send(url, form) {
        const headers = {'X-CSRFToken': cookie(page.csrf_cookie)};
        const response = await call(url, {method: 'POST', headers, body: form}, '').catch((failure) => {
          throw failure.status === 413 ? new Failure('refused', {developer_message: page.texts.file_too_large}) : failure;
        });
        if (response.redirected) {
          throw new Failure('signed_out');
        }
        return response;
      },
      remove: (url) => write('DELETE', url),
    };
  };
}(window.learnerData));
