from osteolab.readouts import Life, Scan  # noqa
