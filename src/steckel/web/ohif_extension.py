"""What Steckel adds to OHIF: which series a layout of volumes takes, and mammograms side by side.

OHIF reads an extension from its settings as it stands, so nothing of it is built. Its rule:
no layout of its own where OHIF has one; it only says better what belongs there.
"""

#: Assigned after ``window.config`` is there.
SCRIPT = """\
(() => {
  // OHIF takes the first series that makes a volume, be it a dose, the PET before its CT, or
  // one volume after another (diffusion), which makes no picture in 3D.
  const preference = ['CT', 'MR', 'PT', 'NM'];
  const rank = ({ Modality, numImageFrames = 0, isDynamicVolume }) => {
    const place = isDynamicVolume ? -1 : preference.indexOf(Modality);
    return (place < 0 ? 0 : preference.length - place) * 1e6 + numImageFrames;
  };
  const isBestVolume = (displaySet, options) =>
    !(options?.displaySets ?? []).some(
      other => other.isReconstructable && rank(other) > rank(displaySet)
    );
  const volumeRules = [
    { attribute: 'isReconstructable', constraint: { equals: { value: true } }, required: true },
    { attribute: 'isDisplaySetFromUrl', constraint: { equals: true }, weight: 20 },
    { attribute: 'steckelBestVolume', constraint: { equals: { value: true } }, weight: 10 },
  ];
  const volumeLayouts = [
    'mpr', 'mprAnd3DVolumeViewport', 'fourUp', 'main3D', 'primary3D', 'only3D', 'primaryAxial',
  ];

  // CID 4014 of PS3.16, in SNOMED CT and in the codes before it.
  const viewCodes = { 399162004: 'CC', 'R-10242': 'CC', 399368009: 'MLO', 'R-10226': 'MLO' };
  const first = value => (Array.isArray(value) ? value[0] : value);
  // "R CC"; a magnification or an implant pushed aside (a view modifier) is no screening view.
  const screeningView = ({ Modality, instances, images }) => {
    const image = (images ?? instances ?? [])[0];
    if (Modality !== 'MG' || !image) return '';
    const code = first(image.ViewCodeSequence);
    if (first(code?.ViewModifierCodeSequence)) return '';
    const view = viewCodes[code?.CodeValue] ?? image.ViewPosition;
    return `${image.ImageLaterality ?? image.Laterality ?? ''} ${view ?? ''}`;
  };
  const screeningViews = ['R CC', 'L CC', 'R MLO', 'L MLO'];
  const hasScreeningViews = (_study, options) => {
    const found = new Set((options?.displaySets ?? []).map(screeningView));
    return screeningViews.filter(view => found.has(view)).length > 2;
  };
  // The chest walls meet in the middle: each image leans on the edge that is nearer to it.
  const leaning = ([side]) => ({
    storeAsInitialCamera: true,
    imageArea: [1, 1],
    imageCanvasPoint: side === 'R'
      ? { imagePoint: [1, 0.5], canvasPoint: [1, 0.5] }
      : { imagePoint: [0, 0.5], canvasPoint: [0, 0.5] },
  });
  const mammography = {
    id: 'steckelMammography',
    name: 'Mammography',
    protocolMatchingRules: [
      {
        attribute: 'steckelScreening',
        constraint: { equals: { value: true } },
        weight: 100,
        required: true,
      },
    ],
    toolGroupIds: ['default'],
    displaySetSelectors: Object.fromEntries(screeningViews.map(view => [view, {
      seriesMatchingRules: [
        { attribute: 'steckelView', constraint: { equals: { value: view } }, required: true },
      ],
    }])),
    stages: [{
      name: 'CC and MLO',
      viewportStructure: { layoutType: 'grid', properties: { rows: 1, columns: 4 } },
      viewports: screeningViews.map(view => ({
        viewportOptions: {
          toolGroupId: 'default',
          allowUnmatchedView: true,
          displayArea: leaning(view),
        },
        displaySets: [{ id: view }],
      })),
    }],
    numberOfPriorsReferenced: 0,
  };

  window.config.extensions.push({
    id: 'steckel',
    preRegistration({ servicesManager }) {
      const { hangingProtocolService: protocols } = servicesManager.services;
      protocols.addCustomAttribute('steckelBestVolume', 'The volume to show first', isBestVolume);
      protocols.addCustomAttribute('steckelView', 'Side and view of a mammogram', screeningView);
      protocols.addCustomAttribute('steckelScreening', 'Mammograms', hasScreeningViews);
    },
    getHangingProtocolModule({ servicesManager }) {
      const { hangingProtocolService: protocols } = servicesManager.services;
      for (const id of volumeLayouts) {
        const selector = protocols.getProtocolById(id)?.displaySetSelectors.activeDisplaySet;
        if (selector) selector.seriesMatchingRules = volumeRules;
      }
      return [{ name: mammography.id, protocol: mammography }];
    },
  });
  window.config.modesConfiguration = {
    // The first protocol whose rules match; without one "default".
    '@ohif/mode-longitudinal': { hangingProtocol: { $set: ['default', mammography.id] } },
  };
})();
"""
