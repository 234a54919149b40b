//! Manifests and pages to and from their messages.

use bytes::Bytes;

use super::{Layer, PageRef, PartProgress, SegmentRef, Totals};
use crate::digest::Digest;
use crate::objects::ObjectRef;
use crate::proto;
use crate::set::{ClassManifest, StreamKind, StreamManifest, StreamStats};

pub(super) fn class_to_message(set_id: &str, class: &ClassManifest) -> proto::ClassManifest {
    proto::ClassManifest {
        set_id: set_id.to_owned(),
        class: class.class.clone(),
        streams: class.streams.iter().map(stream_to_message).collect(),
    }
}

pub(super) fn class_from_message(message: proto::ClassManifest) -> Option<ClassManifest> {
    let streams: Option<Vec<_>> = message.streams.into_iter().map(stream_from_message).collect();
    Some(ClassManifest { class: message.class, streams: streams? })
}

fn stream_to_message(stream: &StreamManifest) -> proto::Stream {
    let stats = &stream.stats;
    let kind = match stream.kind {
        StreamKind::Collection => proto::StreamKind::Collection,
        StreamKind::Redis => proto::StreamKind::Redis,
    };
    let (documents, bytes, digest) = (stats.documents, stats.bytes, stats.digest);
    let first = stream.layers.first().cloned().unwrap_or_default();
    let later = stream.layers.get(1..).unwrap_or_default();
    proto::Stream {
        name: stream.name.clone(),
        kind: kind.into(),
        metadata: stream.metadata.clone(),
        totals: Some(totals_to_message(&Totals { documents, bytes, digest })),
        replaced: Some(totals_to_message(&first.replaced)),
        parts: stream
            .parts
            .iter()
            .map(|pages| proto::Part { pages: pages_to_message(pages) })
            .collect(),
        deltas: pages_to_message(&first.pages),
        segments: stats.segments,
        reused_segments: stats.reused_segments,
        delta_puts: stats.delta_puts,
        delta_deletes: stats.delta_deletes,
        stored_bytes: stats.stored_bytes,
        later_layers: later.iter().map(layer_to_message).collect(),
    }
}

fn stream_from_message(message: proto::Stream) -> Option<StreamManifest> {
    let kind = match message.kind() {
        proto::StreamKind::Collection => StreamKind::Collection,
        proto::StreamKind::Redis => StreamKind::Redis,
        proto::StreamKind::Unspecified => return None,
    };
    let totals = totals_from_message(message.totals.as_ref())?;
    let parts: Option<Vec<_>> =
        message.parts.into_iter().map(|part| pages_from_message(part.pages)).collect();
    Some(StreamManifest {
        name: message.name,
        kind,
        metadata: message.metadata,
        stats: StreamStats {
            documents: totals.documents,
            bytes: totals.bytes,
            digest: totals.digest,
            segments: message.segments,
            reused_segments: message.reused_segments,
            delta_puts: message.delta_puts,
            delta_deletes: message.delta_deletes,
            stored_bytes: message.stored_bytes,
        },
        parts: parts?,
        layers: layers_from_message(message.deltas, message.replaced, message.later_layers)?,
    })
}

fn layer_to_message(layer: &Layer) -> proto::Layer {
    let replaced = Some(totals_to_message(&layer.replaced));
    proto::Layer { pages: pages_to_message(&layer.pages), replaced }
}

/// The first layer stands in fields of its own, as format 1 had it; one without pages is none.
fn layers_from_message(
    pages: Vec<proto::PageRef>,
    replaced: Option<proto::Totals>,
    later: Vec<proto::Layer>,
) -> Option<Vec<Layer>> {
    std::iter::once(proto::Layer { pages, replaced })
        .chain(later)
        .filter(|layer| !layer.pages.is_empty())
        .map(|layer| {
            Some(Layer {
                pages: pages_from_message(layer.pages)?,
                replaced: totals_from_message(layer.replaced.as_ref())?,
            })
        })
        .collect()
}

fn totals_to_message(totals: &Totals) -> proto::Totals {
    let digest = totals.digest.0.to_vec();
    proto::Totals { documents: totals.documents, bytes: totals.bytes, digest }
}

fn totals_from_message(message: Option<&proto::Totals>) -> Option<Totals> {
    let message = message?;
    let digest = Digest(message.digest.as_slice().try_into().ok()?);
    Some(Totals { documents: message.documents, bytes: message.bytes, digest })
}

fn pages_to_message(pages: &[PageRef]) -> Vec<proto::PageRef> {
    let page = |page: &PageRef| proto::PageRef {
        object: Some(page.object.to_message()),
        first_key: page.first_key.to_vec(),
        last_key: page.last_key.to_vec(),
        segments: page.segments,
    };
    pages.iter().map(page).collect()
}

fn pages_from_message(pages: Vec<proto::PageRef>) -> Option<Vec<PageRef>> {
    let page = |page: proto::PageRef| {
        Some(PageRef {
            object: ObjectRef::from_message(page.object.as_ref())?,
            first_key: Bytes::from(page.first_key),
            last_key: Bytes::from(page.last_key),
            segments: page.segments,
        })
    };
    pages.into_iter().map(page).collect()
}

pub(super) fn page_to_message(segments: &[SegmentRef]) -> proto::Page {
    proto::Page { segments: segments.iter().map(segment_to_message).collect() }
}

fn segment_to_message(segment: &SegmentRef) -> proto::SegmentRef {
    proto::SegmentRef {
        object: Some(segment.object.to_message()),
        first_key: segment.first_key.to_vec(),
        last_key: segment.last_key.to_vec(),
        totals: Some(totals_to_message(&segment.totals)),
        deletes: segment.deletes,
    }
}

pub(super) fn page_from_message(page: proto::Page) -> Option<Vec<SegmentRef>> {
    page.segments.into_iter().map(segment_from_message).collect()
}

fn segment_from_message(segment: proto::SegmentRef) -> Option<SegmentRef> {
    Some(SegmentRef {
        object: ObjectRef::from_message(segment.object.as_ref())?,
        first_key: Bytes::from(segment.first_key),
        last_key: Bytes::from(segment.last_key),
        totals: totals_from_message(segment.totals.as_ref())?,
        deletes: segment.deletes,
    })
}

pub(super) fn progress_to_message(progress: &PartProgress) -> proto::PartProgress {
    proto::PartProgress {
        pages: pages_to_message(&progress.pages),
        segments: progress.segments.iter().map(segment_to_message).collect(),
        totals: Some(totals_to_message(&progress.totals)),
        count: progress.count,
        reused: progress.reused,
        stored_bytes: progress.stored_bytes,
    }
}

pub(super) fn progress_from_message(message: proto::PartProgress) -> Option<PartProgress> {
    let segments = message.segments.into_iter().map(segment_from_message);
    Some(PartProgress {
        pages: pages_from_message(message.pages)?,
        segments: segments.collect::<Option<_>>()?,
        totals: totals_from_message(message.totals.as_ref())?,
        count: message.count,
        reused: message.reused,
        stored_bytes: message.stored_bytes,
    })
}
