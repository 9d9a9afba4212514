//! The structures of Arrow's C data and C stream interfaces, and who releases them.
//!
//! <https://arrow.apache.org/docs/format/CDataInterface.html>: a structure belongs to whoever holds
//! it, and is released once, by its own function, which leaves `release` null.

#![allow(unsafe_code)]

use std::ffi::{c_char, c_int, c_void};
use std::ptr;

use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// The names of the capsules that hold the structures.
pub(crate) const SCHEMA: &std::ffi::CStr = c"arrow_schema";
pub(crate) const ARRAY: &std::ffi::CStr = c"arrow_array";
pub(crate) const STREAM: &std::ffi::CStr = c"arrow_array_stream";

/// The type of a column.
#[repr(C)]
pub(crate) struct ArrowSchema {
    pub(crate) format: *const c_char,
    pub(crate) name: *const c_char,
    pub(crate) metadata: *const c_char,
    pub(crate) flags: i64,
    pub(crate) n_children: i64,
    pub(crate) children: *mut *mut ArrowSchema,
    pub(crate) dictionary: *mut ArrowSchema,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowSchema)>,
    pub(crate) private_data: *mut c_void,
}

/// The values of a column.
#[repr(C)]
pub(crate) struct ArrowArray {
    pub(crate) length: i64,
    pub(crate) null_count: i64,
    pub(crate) offset: i64,
    pub(crate) n_buffers: i64,
    pub(crate) n_children: i64,
    pub(crate) buffers: *mut *const c_void,
    pub(crate) children: *mut *mut ArrowArray,
    pub(crate) dictionary: *mut ArrowArray,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowArray)>,
    pub(crate) private_data: *mut c_void,
}

/// Columns that come in pieces.
#[repr(C)]
pub(crate) struct ArrowStream {
    pub(crate) get_schema:
        Option<unsafe extern "C" fn(*mut ArrowStream, *mut ArrowSchema) -> c_int>,
    pub(crate) get_next: Option<unsafe extern "C" fn(*mut ArrowStream, *mut ArrowArray) -> c_int>,
    pub(crate) get_last_error: Option<unsafe extern "C" fn(*mut ArrowStream) -> *const c_char>,
    pub(crate) release: Option<unsafe extern "C" fn(*mut ArrowStream)>,
    pub(crate) private_data: *mut c_void,
}

/// A structure of the interface: made empty, taken from a capsule, released when dropped.
pub(crate) trait Owned: Sized {
    /// The name of the capsule that holds one.
    const CAPSULE: &'static std::ffi::CStr;

    /// A structure that holds nothing.
    fn empty() -> Self;

    /// Whether it holds nothing.
    fn is_empty(&self) -> bool;

    /// The structure in a capsule, which releases it unless somebody takes it.
    fn capsule(self, py: Python<'_>) -> PyResult<Bound<'_, PyAny>>
    where
        Self: Send + 'static,
    {
        PyCapsule::new_with_value(py, self, Self::CAPSULE).map(Bound::into_any)
    }

    /// Takes the structure out of a capsule, which is left with an empty one.
    fn take(capsule: &Bound<'_, PyAny>) -> PyResult<Self> {
        let capsule = capsule.cast::<PyCapsule>()?;
        let held = capsule.pointer_checked(Some(Self::CAPSULE))?.cast::<Self>();
        // SAFETY: a capsule of this name holds this structure (PyCapsule interface), and we are
        // attached, so that nobody else takes it. The empty one keeps the capsule from releasing
        // what is ours now.
        Ok(unsafe { ptr::replace(held.as_ptr(), Self::empty()) })
    }
}

macro_rules! owned {
    ($type:ident, $capsule:ident { $($field:ident: $value:expr),* }) => {
        impl Owned for $type {
            const CAPSULE: &'static std::ffi::CStr = $capsule;

            fn empty() -> Self {
                $type { $($field: $value,)* release: None, private_data: ptr::null_mut() }
            }

            fn is_empty(&self) -> bool {
                self.release.is_none()
            }
        }

        impl Drop for $type {
            fn drop(&mut self) {
                if let Some(release) = self.release {
                    // SAFETY: it is ours and was not released, or `release` would be null.
                    unsafe { release(self) };
                }
            }
        }

        // SAFETY: the interface allows to move a structure, and to release it, on any thread.
        unsafe impl Send for $type {}
    };
}

owned!(
    ArrowSchema,
    SCHEMA {
        format: ptr::null(),
        name: ptr::null(),
        metadata: ptr::null(),
        flags: 0,
        n_children: 0,
        children: ptr::null_mut(),
        dictionary: ptr::null_mut()
    }
);
owned!(
    ArrowArray,
    ARRAY {
        length: 0,
        null_count: 0,
        offset: 0,
        n_buffers: 0,
        n_children: 0,
        buffers: ptr::null_mut(),
        children: ptr::null_mut(),
        dictionary: ptr::null_mut()
    }
);
owned!(ArrowStream, STREAM { get_schema: None, get_next: None, get_last_error: None });

// SAFETY: nobody writes to an array, or to a schema, that was handed over.
unsafe impl Sync for ArrowArray {}
// SAFETY: as above.
unsafe impl Sync for ArrowSchema {}
