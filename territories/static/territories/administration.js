// The map of the administration: its marker where the hashed style sheet hides it from Leaflet and,
// where there are no tiles, the outlines of the territories for paper, with names where they are few.

{
  const OUTLINES = "/api/v1/territories/outlines";
  const PAPER = { color: "#8a8f98", weight: 1, fillColor: "#fdfcf8", fillOpacity: 1 };
  const MOST_NAMES = 40;
  const images = new URL("../leaflet/images/", document.currentScript.src).href;

  const hasTiles = (map) => {
    let found = false;
    map.eachLayer((layer) => { found ||= layer instanceof window.L.TileLayer; });
    return found;
  };

  const box = (map) => {
    const bounds = map.getBounds().pad(0.2);
    return [
      Math.max(-180, bounds.getWest()), Math.max(-85, bounds.getSouth()),
      Math.min(180, bounds.getEast()), Math.min(85, bounds.getNorth()),
    ].map((edge) => edge.toFixed(2));
  };

  const drawOutlines = (map) => {
    const L = window.L;
    const pane = "outlines";
    map.createPane(pane).style.zIndex = 200; // under what is drawn by hand
    map.createPane("names").style.zIndex = 250;
    const paper = L.geoJSON(null, {
      pane, renderer: L.svg({ pane, padding: 0.5 }), interactive: false, style: PAPER,
    }).addTo(map);
    const names = L.layerGroup().addTo(map);
    let pending = null;

    const paint = (features) => {
      paper.clearLayers().addData(features.filter(({ geometry }) => geometry));
      names.clearLayers();
      for (const { properties: { label, name } } of features.length > MOST_NAMES ? [] : features) {
        if (!label) continue;
        const text = document.createElement("span");
        text.textContent = name;
        L.tooltip({ pane: "names", permanent: true, direction: "center", opacity: 0.8 })
          .setLatLng([label[1], label[0]]).setContent(text).addTo(names);
      }
    };

    const draw = async () => {
      pending?.abort();
      const [west, south, east, north] = box(map);
      if (Number(west) >= Number(east) || Number(south) >= Number(north)) return;
      pending = new AbortController();
      const address = `${OUTLINES}?bbox=${[west, south, east, north]}&zoom=${Math.round(map.getZoom())}`;
      try {
        const answer = await fetch(address, { signal: pending.signal });
        if (answer.ok) paint((await answer.json()).features);
      } catch (error) {
        if (error.name !== "AbortError") throw error;
      }
    };

    map.on("moveend", draw);
    draw();
  };

  window.addEventListener("map:init", ({ detail: { map } }) => {
    window.L.Icon.Default.imagePath = images;
    if (!hasTiles(map)) drawOutlines(map);
  });
}
