// A service worker that does one thing: when a page of the course cannot be reached, it says so and says what to do.
// It keeps no file, so nothing goes stale.

const PAGE = `<!DOCTYPE html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>OsteoLab cannot be reached</title>
<style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 15vh auto; padding: 0 1rem }</style>
<h1>OsteoLab cannot be reached</h1>
<p>Look at the network, or start the server again, and then reload this page. What you typed and saved is still in this browser.</p>
<p><a href="">Reload</a></p>
</html>`;

async function answer(request) {
  try {
    return await fetch(request);
  } catch {
    return new Response(PAGE, { status: 503, headers: { "Content-Type": "text/html; charset=utf-8" } });
  }
}

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  if (event.request.mode === "navigate") event.respondWith(answer(event.request));
});
