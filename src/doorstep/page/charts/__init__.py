"""Charts, drawn on the server: numbers in, a `Picture` out, which one template writes as SVG."""
