//! A faithful Avalon game service, and the injector of labelled anomalies.
